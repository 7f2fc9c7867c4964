import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Names that lead to this machine whatever a name server says. Alibaba's are those that its storage client writes into
 * the header when it was given an IP address; nobody else can let them lead here.
 */
const OWN_HOST =
	/^(127\.0\.0\.1|\[::1\]|localhost|[\w.-]+\.localhost|[\w.-]+\.aliyuncs\.com)(:\d+)?$/i;

/** What browsers say of a request that no other site made. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** Whether somebody opens a page itself, e.g. by a link in another one; what that shows, no other page can read. */
const opensPage = ({ method, headers }: FastifyRequest) =>
	method === 'GET' && headers['sec-fetch-dest'] === 'document';

/**
 * Refuses what a web page may have sent, with HTTP 403: a browser on this machine reaches the sandbox, whose credentials
 * everybody knows, and the sandbox calls other ports. The host name tells a page that let its own name lead here
 * (DNS rebinding), Origin and Sec-Fetch-Site tell all others. The sandbox's own page needs a token for everything that
 * changes something, since a file in the object storage would be of the same origin.
 */
export function refuseWebPages(app: FastifyInstance, token: string): void {
	app.addHook('onRequest', async (request, reply) => {
		const { headers, method } = request;
		const { host = '', origin, 'sec-fetch-site': site } = headers;
		const isOwn =
			OWN_HOST.test(host) &&
			(origin === undefined || origin === `http://${host}`) &&
			(site === undefined || OWN_SITES.has(String(site)) || opensPage(request));
		const isOfBrowser = origin !== undefined || site !== undefined;
		const mayChange = method === 'GET' || !isOfBrowser || headers['x-sandbox-token'] === token;
		if (isOwn && mayChange) return undefined;
		return reply.code(403).send({
			error:
				'The sandbox answers programs of this machine, not web pages. Call it as 127.0.0.1 or localhost.',
		});
	});
}
