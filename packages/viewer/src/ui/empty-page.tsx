/**
 * What is there when nothing is open: a place to drop files on, and images to try at once.
 *
 * @module
 */
import type { JSX } from "preact";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button } from "./controls.js";
import { Icon } from "./icons.js";
import { openSample } from "./open.js";

/** The invitation. */
export function EmptyPage(): JSX.Element {
  const app = useApp();
  return (
    <section class="empty" aria-label="Nothing is open yet">
      <div class="empty-drop">
        <CellsDrawing />
        <h2>Drop images here</h2>
        <p>Files or folders: TIFF, OME‑TIFF, OME‑Zarr, PNG, movies as frames, and their labels.</p>
        <div class="empty-buttons">
          <Button
            kind="primary"
            icon="open"
            label="Open files"
            onClick={() => runAction(app, "open-files")}
          />
          <Button label="Open a folder" onClick={() => runAction(app, "open-folder")} />
          <Button label="Open an address" onClick={() => runAction(app, "open-address")} />
        </div>
        <p class="empty-note">
          Everything happens in this page: nothing is uploaded, nothing is installed.
        </p>
      </div>
      <div class="empty-samples">
        <p>Nothing at hand? Try</p>
        <button type="button" class="sample" onClick={() => void openSample(app, "nuclei")}>
          <Icon name="image" />
          <span>
            <strong>Sample nuclei</strong>
            <small>fluorescence, to segment and correct</small>
          </span>
        </button>
        <button type="button" class="sample" onClick={() => void openSample(app, "movie")}>
          <Icon name="tracks" />
          <span>
            <strong>Sample movie</strong>
            <small>bacteria that grow and divide, with tracks</small>
          </span>
        </button>
      </div>
    </section>
  );
}

/** A few cells, one of them dividing. */
function CellsDrawing(): JSX.Element {
  return (
    <svg class="empty-drawing" viewBox="0 0 160 72" aria-hidden="true" focusable="false">
      <path d="M22 16c12-6 24-1 26 11s-6 24-18 25S8 46 8 36s6-16 14-20z" />
      <circle cx="28" cy="34" r="7" />
      <path d="M76 14c7 0 8 5 12 5s6-5 13-5c10 0 16 10 16 22s-6 22-16 22c-7 0-9-5-13-5s-5 5-12 5c-10 0-16-10-16-22s6-22 16-22z" />
      <circle cx="76" cy="36" r="6" />
      <circle cx="101" cy="36" r="6" />
      <path d="M136 22c9-3 17 3 17 12s-7 17-15 16-12-9-11-16 4-10 9-12z" />
      <circle cx="140" cy="36" r="5" />
    </svg>
  );
}
