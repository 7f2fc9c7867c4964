import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeInnoPaasPage, makePage } from '../../../scripts/docs/messagesPage';

it.each([
	['messages', makePage],
	['innopaas-messages', makeInnoPaasPage],
])('docs/%s.md is up to date; "npm run docs" generates it', (page, make) => {
	expect(readFileSync(join(__dirname, `../../../docs/${page}.md`), 'utf8')).toBe(make());
});
