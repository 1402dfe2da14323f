import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "./event-stream";

function bodyOf(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function all(body: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("events are read whole however the bytes are cut", async () => {
  // given
  const body = bodyOf("event: ne", 'xt\ndata: {"a"', ":1}\n", "\n:\n\nevent: complete\r\ndata:\r\n\r\n");
  // then
  expect(await all(body)).toEqual([
    { event: "next", data: '{"a":1}' },
    { event: "heartbeat", data: "" },
    { event: "complete", data: "" },
  ]);
});

test("a letter of two bytes cut in the middle survives", async () => {
  // given
  const bytes = new TextEncoder().encode("event: next\ndata: ção\n\n");
  const cut = bytes.indexOf(0xc3) + 1;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, cut));
      controller.enqueue(bytes.slice(cut));
      controller.close();
    },
  });
  // then
  expect(await all(body)).toEqual([{ event: "next", data: "ção" }]);
});

test("an event cut off by the end of the stream is not delivered", async () => {
  expect(await all(bodyOf("event: next\ndata: 1\n"))).toEqual([]);
});
