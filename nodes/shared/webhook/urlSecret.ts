import { randomBytes } from 'node:crypto';
import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

/** A list with a single entry, a new random secret. */
export async function searchUrlSecrets(
	this: ILoadOptionsFunctions,
): Promise<INodeListSearchResult> {
	const secret = randomBytes(16).toString('hex');
	return { results: [{ name: `New secret (${secret.slice(0, 4)}…)`, value: secret }] };
}
