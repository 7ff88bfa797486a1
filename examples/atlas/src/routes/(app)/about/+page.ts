/** Nothing here moves: the page is sent without any script. */
export const csr = false;
