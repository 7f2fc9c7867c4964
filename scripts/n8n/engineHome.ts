import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// Import this before n8n-core, which keeps an encryption key in its user folder. With a folder of its own, it does not
// touch that of a real n8n. The folder holds nothing else and need not be removed.
const userFolder = join(__dirname, '../../node_modules/.cache/n8n-engine');
mkdirSync(userFolder, { recursive: true });
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'engine-without-secrets';
// Keeps n8n's log out of the output of demo and tests.
process.env.N8N_LOG_LEVEL ??= 'silent';
