import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { makePage } from '../messages/page';

it('docs/messages.md says what the nodes do; "npm run docs" writes it anew', () => {
	expect(readFileSync(join(__dirname, '../../docs/messages.md'), 'utf8')).toBe(makePage());
});
