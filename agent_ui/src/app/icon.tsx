/** Line icons on a 24 by 24 grid, always beside a word, so they are hidden from assistive technology. */
const PATHS = {
  VOICE:
    "M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z",
  IVR: "M5 4h14v16H5zM9 8h.01M12 8h.01M15 8h.01M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01",
  CHAT: "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5",
  EMAIL: "M3.5 6h17v12h-17zM3.5 7l8.5 6 8.5-6",
  SMS: "M4 5h16v11H10l-5 4v-4H4zM8 10.5h.01M12 10.5h.01M16 10.5h.01",
  MMS: "M4 5h16v11H10l-5 4v-4H4zM7.5 13l3-3 2.5 2 2-1.5 2 2",
  WHATSAPP: "M4 20l1.2-4A8 8 0 1 1 8.3 19zM9 8.5c0 3.5 3 6.5 6.5 6.5l.5-2-2-.8-1 .8a5 5 0 0 1-2-2l.8-1L11 8z",
  WEB: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  MOBILE_APP: "M7.5 3h9v18h-9zM11 18h2",
  BRANCH: "M4 20V9l8-5 8 5v11M4 20h16M8 20v-7M12 20v-7M16 20v-7M4 10h16",
  SOCIAL:
    "M6 12a2.5 2.5 0 1 0 0 .01M18 6a2.5 2.5 0 1 0 0 .01M18 18a2.5 2.5 0 1 0 0 .01M5.5 12l10-6M5.5 12l10 6",
  PRINT: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 15.5h5",
  QR: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
  SYSTEM:
    "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2 2M16.4 16.4l2 2M5.6 18.4l2-2M16.4 7.6l2-2",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 21 21",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
  document: "M6.5 3h7.5l4 4v14H6.5zM14 3v4h4",
  in: "M12 4v14M6 12l6 6 6-6",
  out: "M12 20V6M6 12l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2",
  warning: "M12 4 2.5 20h19zM12 10v4.5M12 17.300v.01",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  chevron: "M6 9l6 6 6-6",
  outside: "M13 4h7v7M20 4l-9 9M17 14v6H4V7h6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function channelIcon(channel: string): IconName {
  return channel in PATHS ? (channel as IconName) : "SYSTEM";
}
