/**
 * The images that the page's server offers: one is open, a click opens another in its place or over it.
 *
 * @module
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "./app-context.js";
import { Button, Section } from "./controls.js";
import { Icon } from "./icons.js";
import { addInput, changeTo } from "./served.js";
import { useStore } from "./use-store.js";

/** So many are listed before one has to search. */
const MOST = 200;

/** The list; nothing where there is no server, or one image alone. */
export function ServedList(): JSX.Element | null {
  const app = useApp();
  const served = useStore(app.page, (page) => page.served);
  const shown = useStore(app.page, (page) => page.shown);
  const [wanted, setWanted] = useState("");
  if (served.length < 2) return null;
  const word = wanted.trim().toLowerCase();
  const found = served.filter(({ path }) => path.toLowerCase().includes(word));
  return (
    <Section title={`Images (${served.length})`}>
      {served.length > 8 && (
        <input
          class="input"
          type="search"
          aria-label="Search images"
          placeholder="Search"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <ul class="served" aria-label="Images">
        {found.slice(0, MOST).map((input) => (
          <li key={input.address} class="served-line">
            <button
              type="button"
              class="served-item"
              title={input.path}
              aria-current={input.address === shown ? "true" : undefined}
              onClick={() => void changeTo(app, input)}
            >
              <Icon name={input.kind === "labels" ? "labels" : "image"} />
              <span>{input.name}</span>
              {input.labels !== undefined && <Icon name="labels" />}
            </button>
            {input.address !== shown && (
              <Button
                bare
                icon="plus"
                label={`Open ${input.name} over what is open`}
                onClick={() => void addInput(app, input)}
              />
            )}
          </li>
        ))}
      </ul>
      {found.length > MOST && (
        <p class="hint">
          The first {MOST} of {found.length}; search for others.
        </p>
      )}
    </Section>
  );
}
