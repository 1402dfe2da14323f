import { type Language, useLanguage } from "./language";

const LANGUAGES: { code: Language; short: string; name: string; tag: string }[] = [
  { code: "pt", short: "PT", name: "Português", tag: "pt-BR" },
  { code: "en", short: "EN", name: "English", tag: "en" },
];

export function LanguageSwitch() {
  const { language, text, choose } = useLanguage();
  return (
    <fieldset className="language-switch">
      <legend className="visually-hidden">{text.app.language}</legend>
      {LANGUAGES.map(({ code, short, name, tag }) => (
        <button
          key={code}
          type="button"
          lang={tag}
          aria-label={name}
          aria-pressed={language === code}
          onClick={() => choose(code)}
        >
          {short}
        </button>
      ))}
    </fieldset>
  );
}
