/** As `inside.ts`, with the tools of development. */

import { liveDev } from "../../../packages/client/src/live/dev.ts";

liveDev();
