import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FOLDER = join(__dirname, '../../docs/queue-mode');

export interface Service {
	build?: string;
	image: string;
	restart: string;
	command?: string;
	stop_grace_period?: string;
	environment: Record<string, string>;
	ports?: string[];
	volumes?: string[];
	deploy?: { replicas: number };
	depends_on?: Record<string, { condition: string }>;
	healthcheck: { test: string[] };
}

/** The services of docs/queue-mode/compose.yaml, with what they share filled in. */
export const { services, volumes } = parse(
	readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'),
	// `<<` is of YAML 1.1, and Docker knows it.
	{ merge: true },
) as { services: Record<string, Service>; volumes: Record<string, unknown> };

export const DOCKERFILE = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');

/** What is set for every process of n8n, apart from addresses and secrets. */
export const N8N_SETTINGS = Object.fromEntries(
	Object.entries(services.main.environment).filter(
		([name, value]) => !value.includes('${') && !/^DB_TYPE$|_(?:HOST|DATABASE|USER)$/.test(name),
	),
);
