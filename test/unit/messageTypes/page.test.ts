import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeInnoPaasPage, makePage } from '../../../scripts/docs/messagesPage';

it.each([
	['messages', makePage],
	['innopaas-messages', makeInnoPaasPage],
])('docs/%s.md says what the nodes do; "npm run docs" writes it anew', (page, make) => {
	expect(readFileSync(join(__dirname, `../../../docs/${page}.md`), 'utf8')).toBe(make());
});
