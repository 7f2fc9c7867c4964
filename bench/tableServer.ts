import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject, INodeType } from 'n8n-workflow';

import { DataTables, dataTableNodes, type Parameters } from '../test/support/dataTables';

/** What an access to n8n's data tables takes with PostgreSQL and two workers (docs/reference/n8n-data-tables.md). */
const ACCESS_MS = 25;

interface Operation {
	parameters: Parameters;
	items: IDataObject[];
}

/** Data tables that several processes share, as they share n8n's database in queue mode. */
export class TableServer {
	private constructor(
		readonly url: string,
		readonly end: () => void,
	) {}

	static async start(): Promise<TableServer> {
		const tables = new DataTables();
		const server = createServer((request, response) => {
			void (async () => {
				const { parameters, items } = (await json(request)) as Operation;
				await delay(ACCESS_MS);
				response.end(JSON.stringify(tables.run(parameters, items)));
			})().catch((error: Error) => response.writeHead(500).end(error.message));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		return new TableServer(`http://127.0.0.1:${port}`, () => {
			server.close();
			server.closeAllConnections();
		});
	}
}

/** The node types of a process that uses the tables of a server. */
export function tablesOf(url: string): Record<string, INodeType> {
	return dataTableNodes(async (parameters, items) => {
		const body = JSON.stringify({ parameters, items });
		const response = await fetch(url, { method: 'POST', body });
		if (!response.ok) throw new Error(await response.text());
		return (await response.json()) as IDataObject[];
	});
}
