/** What pages of the tests of the live client run: JSON on the wire, so that tests can read along, unless the address asks for bytes. */

import * as text from "../../../packages/client/src/live/protocol.json.ts";
import { live } from "../../../packages/client/src/live/live.ts";

const isBinary = location.search.includes("wire=binary");
live({ hooks: (globalThis as { hooks?: object }).hooks ?? {}, ...(!isBinary && { wire: text }) } as Parameters<typeof live>[0]);
