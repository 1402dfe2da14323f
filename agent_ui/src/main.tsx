// The styles come first: tokens.css sets the order of the layers, which every later file relies on.
import "./app/styles/tokens.css";
import "./app/styles/base.css";
import "./app/styles/controls.css";
import "./app/styles/shell.css";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { client } from "./app/client";
import { router } from "./app/router";
import { LanguageProvider } from "./app/text/language";
import { SessionGate } from "./features/session/session-gate";

const place = document.getElementById("console");
if (!place) throw new Error("the page has no place for the console");

createRoot(place).render(
  <LanguageProvider>
    <SessionGate>
      <Provider value={client}>
        <RouterProvider router={router} />
      </Provider>
    </SessionGate>
  </LanguageProvider>,
);
