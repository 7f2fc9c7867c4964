import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makePage } from './page';

writeFileSync(join(__dirname, '../../docs/messages.md'), makePage());
