/** The initials of a name, for the eye only: the name itself always stands beside it. */
export function Avatar({ name }: { name: string | null }) {
  return (
    <span className="avatar" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

export function initials(name: string | null): string {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  const first = letters.map((word) => [...(word ?? "")][0] ?? "").join("");
  return first.toLocaleUpperCase("pt-BR") || "?";
}
