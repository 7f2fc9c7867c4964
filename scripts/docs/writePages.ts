import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeInnoPaasPage, makePage } from './messagesPage';

writeFileSync(join(__dirname, '../../docs/messages.md'), makePage());
writeFileSync(join(__dirname, '../../docs/innopaas-messages.md'), makeInnoPaasPage());
