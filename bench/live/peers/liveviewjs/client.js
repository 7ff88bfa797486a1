// What a browser loads for the pages of server.js: the client of Phoenix LiveView, which LiveViewJS has adopted.
import { Socket } from 'phoenix';
import { LiveSocket } from 'phoenix_live_view';

const token = document.querySelector('meta[name=csrf-token]')?.getAttribute('content');
new LiveSocket('/live', Socket, { params: { _csrf_token: token } }).connect();
