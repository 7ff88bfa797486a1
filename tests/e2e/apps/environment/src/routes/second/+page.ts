import { env } from '$env/dynamic/public';

/** Runs in the browser, where the page is reached by a link. */
export const load = () => ({ greeting: `${env.PUBLIC_GREETING}, again` });
