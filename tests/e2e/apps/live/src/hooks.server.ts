/** What components may know of the user: the cookie that `/login` sets. */
import type { LiveSession } from 'wellhead';

export const liveSession: LiveSession = ({ cookies }) => ({ user: cookies.get('user') ?? 'nobody' });
