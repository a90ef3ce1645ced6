/**
 * A part of the page that fails takes nothing else with it: it says so, and can be tried again.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { Button } from "./controls.js";

/** Shows its children, or why it cannot. */
export function Guard(props: {
  readonly what: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const [error, retry] = useErrorBoundary();
  if (!error) return <>{props.children}</>;
  const reason = error instanceof Error ? error.message : `${error}`;
  return (
    <div class="section" role="alert">
      <p>
        {props.what} cannot be shown: {reason}
      </p>
      <Button label="Try again" onClick={retry} />
    </div>
  );
}
