import type { FastifyRequest } from 'fastify';

/** A request as it arrived. Header names are in lower case, the query is not decoded. */
export interface WireRequest {
	method: string;
	path: string;
	rawQuery: string;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
}

export function toWireRequest(request: FastifyRequest): WireRequest {
	const [path, ...query] = request.raw.url!.split('?');
	return {
		method: request.method,
		path,
		rawQuery: query.join('?'),
		headers: request.headers,
		body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
	};
}
