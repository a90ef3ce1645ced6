// The side of the editor: verbs as functions, over any two ends that pass plain messages. Functions cannot cross, so
// `on_progress` stays here and the other end tells how far it is.
//
//   { id, verb, args }  →            a call
//                       ←  { id, progress }   any number of times
//                       ←  { id, answer }     once; errors are answers, { error: { code, message } }

/**
 * @param {(message: unknown) => unknown} post to the other end
 * @param {(hear: (message: any) => void) => unknown} listen to it
 * @param {readonly string[]} names of the verbs
 * @returns {Record<string, (...args: unknown[]) => Promise<unknown>>}
 */
export function clientOf(post, listen, names) {
  const waiting = new Map();
  let last = 0;
  listen(({ id, progress, answer }) => {
    const call = waiting.get(id);
    if (!call) return;
    if (progress) return call.told?.(progress);
    waiting.delete(id);
    call.done(answer);
  });
  return Object.fromEntries(
    names.map((verb) => [
      verb,
      (...args) =>
        new Promise((done) => {
          const id = ++last;
          const { on_progress: told, ...options } = args.at(-1) ?? {};
          waiting.set(id, { done, told });
          const sent = told ? [...args.slice(0, -1), { ...options, on_progress: true }] : args;
          post({ id, verb, args: sent });
        }),
    ]),
  );
}
