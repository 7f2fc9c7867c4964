import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// To be imported before n8n-core: it keeps an encryption key in its user folder, and this one of its own keeps the
// real one untouched. It holds nothing worth removing.
const userFolder = join(__dirname, '../../node_modules/.cache/n8n-engine');
mkdirSync(userFolder, { recursive: true });
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'engine-without-secrets';
// What a node writes into n8n's log is no part of a demo's or a test's output.
process.env.N8N_LOG_LEVEL ??= 'silent';
