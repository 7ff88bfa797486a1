import { loadRows } from '../../lib/rows';

export const csr = false;

export const load = () => loadRows();
