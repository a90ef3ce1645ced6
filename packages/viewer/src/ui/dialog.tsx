/**
 * A window over the page: the rest waits, Escape closes it, the focus goes back to where it was.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./controls.js";

/** A dialog that is open as long as it is there. */
export function Dialog(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, wide, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      dialog.current?.close();
      if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${wide ? "wide" : ""}`}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={onClose}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button bare icon="remove" label="Close" onClick={onClose} />
      </header>
      {children}
    </dialog>
  );
}
