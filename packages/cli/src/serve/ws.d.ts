/** What we use of `ws`, which ships no types: the WebSocket that Node 20 lacks. */
declare module "ws" {
  /** As browsers have it. */
  export const WebSocket: unknown;
}
