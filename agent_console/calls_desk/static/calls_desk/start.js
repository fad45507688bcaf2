/** What was kept here for drafts whose call is over is forgotten with the next call's page. */
import { forgetOthers } from "./drafts.js";

forgetOthers("");
