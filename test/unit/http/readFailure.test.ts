/**
 * What real connections that fail say about whether the request was written, in the two ways in which n8n hands over
 * the error: 2.8 (and n8n-workflow 2.11) only its texts, 2.41 with its cause. Each server knows whether it was sent to.
 */
import { Agent } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import axios, { type AxiosError } from 'axios';
import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { readFailure } from '../../../nodes/shared/http/apiAnswer';

/** Made for this test; nobody trusts it. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5Px457LRPCPTmX6U
XaLA6N5FA5sXzyl2pf/2j0GiM5ChRANCAAT+s80hn+BEfVv7tL7q/XRXB3OiZuJ+
Rf2+xrL90G3zlhm2VTlNLA2Gw/CLfIIulkzOvVO8s4pRkvqs+iiMjgja
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUWkIXUDRfPCpD4mvUmGfTDGUorfcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyOTExMDYxMloYDzIxMjYxMTA1
MTEwNjEyWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT+s80hn+BEfVv7tL7q/XRXB3OiZuJ+Rf2+xrL90G3zlhm2VTlNLA2G
w/CLfIIulkzOvVO8s4pRkvqs+iiMjgjao2QwYjAdBgNVHQ4EFgQUoIB5+ZdEUaBY
/Xl1uHOjIgWMkBkwHwYDVR0jBBgwFoAUoIB5+ZdEUaBY/Xl1uHOjIgWMkBkwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IQC3NQquhJcE4VHp8uyIRjm6syUav9sqD6AbnkbH29bO9AIgBgg/76AqaXWovNfu
D+Awpo/UcZjduc5hm5R085wCd8I=
-----END CERTIFICATE-----`;

const servers: Server[] = [];
const sockets = new Set<Socket>();
async function listen<S extends Server>(server: S): Promise<number> {
	servers.push(server);
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}
afterEach(() => {
	sockets.forEach((socket) => socket.destroy());
	servers.splice(0).forEach((server) => server.close());
});

/** What the server has read of a request. */
let received: string;
beforeEach(() => {
	received = '';
});

/** A server with TLS that does something with a connection once the request has come. */
const afterRequest = async (then: (socket: TLSSocket) => void) =>
	await listen(
		createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
			socket.on('error', () => {});
			socket.on('data', (bytes: Buffer) => {
				received += bytes.toString();
				if (received.endsWith('a=b')) then(socket);
			});
		}),
	);

/** Passes bytes on in both directions, and can put others among those to the client. */
async function between(port: number): Promise<{ port: number; inject(bytes: string): void }> {
	let client: Socket;
	const middle = createServer((socket) => {
		client = socket;
		const onward = connect(port, '127.0.0.1').on('error', () => socket.destroy());
		sockets.add(onward);
		socket.pipe(onward);
		onward.on('data', (bytes) => socket.write(bytes));
	});
	return { port: await listen(middle), inject: (bytes) => client.write(bytes) };
}

const NODE = { name: 'CAMS Send', type: 'camsSend' } as INode;
/** What n8n's helper for nodes throws. */
const HANDED_OVER: Array<[string, (error: AxiosError) => Error]> = [
	['as text', (error) => new NodeApiError(NODE, error as unknown as JsonObject)],
	['with its cause', (cause) => new Error(cause.message, { cause })],
];

async function failure(url: string): Promise<AxiosError> {
	return await axios
		.post(url, 'a=b', {
			proxy: false,
			maxRedirects: 0,
			timeout: 500,
			httpsAgent: new Agent({ rejectUnauthorized: false }),
		})
		.then(
			() => Promise.reject(new Error('It did not fail')),
			(error: AxiosError) => error,
		);
}

/** Where TLS never stood. The last two look the same in words as a request that was written. */
const UNWRITTEN: Array<[string, () => Server, string, 'always' | 'with its cause']> = [
	[
		'speaks plain HTTP',
		() => createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')),
		'plainHttp',
		'always',
	],
	['closes', () => createServer((socket) => socket.resume().end()), 'noTls', 'always'],
	[
		'resets',
		() => createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
		'noTls',
		'with its cause',
	],
	['keeps silent', () => createServer((socket) => socket.resume()), 'noTls', 'with its cause'],
];

describe.each(HANDED_OVER)('an error that n8n hands over %s', (how, handOver) => {
	it.each(UNWRITTEN.filter(([, , , when]) => when === 'always' || when === how))(
		'proves that nothing was written when the server %s before TLS stands',
		async (_what, create, why) => {
			const port = await listen(create());
			const error = handOver(await failure(`https://127.0.0.1:${port}/`));
			expect(readFailure(error)).toMatchObject({ outcome: 'retryLater', why });
		},
	);

	it.each<[string, (socket: TLSSocket) => void]>([
		['closes', (socket) => socket.end()],
		['breaks off', (socket) => socket.destroy()],
		['keeps silent', () => {}],
	])('proves nothing when the server %s after the request', async (_what, then) => {
		const port = await afterRequest(then);
		const error = handOver(await failure(`https://127.0.0.1:${port}/`));
		expect(received).toMatch(/^POST /);
		expect(readFailure(error)).toMatchObject({ outcome: 'unknown' });
	});

	it('proves nothing when plain text comes over a secure connection after the request', async () => {
		let inject: (bytes: string) => void = () => {};
		const middle = await between(
			await afterRequest(() => inject('HTTP/1.1 502 Bad Gateway\r\n\r\n')),
		);
		inject = middle.inject;
		const error = await failure(`https://127.0.0.1:${middle.port}/`);
		expect(received).toMatch(/^POST /);
		expect(error.message).toMatch(/wrong version number/);
		expect(readFailure(handOver(error))).toMatchObject({ outcome: 'unknown' });
	});

	it('proves that nothing was written when the certificate is not trusted', async () => {
		const port = await afterRequest(() => {});
		const error = await axios
			.post(`https://127.0.0.1:${port}/`, 'a=b', { proxy: false })
			.catch((each: AxiosError) => each);
		expect(readFailure(handOver(error as AxiosError))).toMatchObject({
			outcome: 'retryLater',
			why: 'certificate',
		});
		expect(received).toBe('');
	});
});
