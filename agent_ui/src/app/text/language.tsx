/** The language of the screen: chosen by the agent, kept in this browser, Portuguese when nothing was chosen. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en } from "./en";
import { type Dictionary, pt } from "./pt";

export type Language = "pt" | "en";

const STORED = "c360.language";
const dictionaries: Record<Language, Dictionary> = { pt, en };

type LanguageContext = { language: Language; text: Dictionary; choose: (language: Language) => void };

const Context = createContext<LanguageContext>({ language: "pt", text: pt, choose: () => undefined });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() =>
    localStorage.getItem(STORED) === "en" ? "en" : "pt",
  );
  useEffect(() => {
    document.documentElement.lang = language === "pt" ? "pt-BR" : "en";
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      text: dictionaries[language],
      choose: (next: Language) => {
        localStorage.setItem(STORED, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useLanguage(): LanguageContext {
  return useContext(Context);
}

export function useText(): Dictionary {
  return useContext(Context).text;
}
