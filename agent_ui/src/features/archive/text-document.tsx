import { useEffect, useState } from "react";
import { authorizedFetch } from "../../app/authorized-fetch";
import { useText } from "../../app/text/language";

/** A plain text document, shown as the text it is. */
export function TextDocument({ path }: { path: string }) {
  const text = useText();
  const [content, setContent] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    authorizedFetch(path, { signal: stop.signal })
      .then((response) =>
        response.ok ? response.text() : Promise.reject(new Error(String(response.status))),
      )
      .then(setContent)
      .catch(() => !stop.signal.aborted && setFailed(true));
    return () => stop.abort();
  }, [path]);
  if (failed) {
    return (
      <p className="problem" role="alert">
        {text.archive.failed}
      </p>
    );
  }
  return content === undefined ? (
    <p className="viewer-note">{text.archive.loading}</p>
  ) : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre className="text-document" tabIndex={0}>
      {content}
    </pre>
  );
}
