import { env } from '$env/dynamic/private';

export const load = () => ({ letters: (env.SECRET_WORD ?? '').length });
