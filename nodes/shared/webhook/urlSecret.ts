import { randomBytes } from 'node:crypto';
import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

/** A list with a single entry, a new random secret. Its name is shown for good once it is picked. */
export async function searchUrlSecrets(
	this: ILoadOptionsFunctions,
): Promise<INodeListSearchResult> {
	const secret = randomBytes(16).toString('hex');
	return { results: [{ name: `Secret ${secret.slice(0, 4)}…`, value: secret }] };
}
