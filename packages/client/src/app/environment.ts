/** `$app/environment`. */

export { dev, version } from "../runtime.ts";
/** Whether this runs in a browser. */
export const browser: boolean = !import.meta.env.SSR;
/** Whether this runs in a build; nothing does yet. */
export const building = false;
