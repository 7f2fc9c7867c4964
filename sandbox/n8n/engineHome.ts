import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// To be imported before n8n-core: it keeps an encryption key in its user folder, and this one of its own keeps the
// real one untouched.
const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-engine-'));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'engine-without-secrets';
process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
