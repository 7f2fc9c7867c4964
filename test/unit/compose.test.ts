/** docs/queue-mode/compose.yaml as far as it can be checked without Docker. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import packageJson from '../../package.json';
import { DOCKERFILE, services, volumes } from '../support/compose';

const N8N = ['main', 'worker', 'webhook'];
const [, version] = /^FROM docker\.n8n\.io\/n8nio\/n8n:(\S+)$/m.exec(DOCKERFILE) ?? [];
const secondsOf = (text = '') => Number(/^(\d+)s$/.exec(text)?.[1]);

test('it has what queue mode consists of, with two workers', () => {
	expect(Object.keys(services).sort()).toEqual([...N8N, 'postgres', 'redis'].sort());
	expect(services.worker.deploy).toEqual({ replicas: 2 });
	expect(services.main.command).toBeUndefined();
	expect(services.worker.command).toMatch(/^worker --concurrency=\d+$/);
	expect(services.webhook.command).toBe('webhook');
});

test('every process of n8n has the same image and the same settings, and is brought back', () => {
	const { build, image, environment, stop_grace_period } = services.main;
	expect(build).toBe('.');
	for (const name of N8N) {
		expect(services[name]).toMatchObject({ build, image, environment, stop_grace_period });
		expect(services[name].restart).toBe('unless-stopped');
	}
});

test('images have versions, that of n8n one which the end-to-end tests run on', () => {
	for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
	expect(existsSync(join(__dirname, `../e2e/n8n-${version}/package.json`))).toBe(true);
	expect(services.main.image).toMatch(new RegExp(`:${version}$`));
});

test('the package is installed where n8n looks for it, which no volume hides', () => {
	expect(DOCKERFILE).toContain('cd /home/node/.n8n/nodes');
	expect(DOCKERFILE).toContain(`COPY --chown=node:node ${packageJson.name}-*.tgz /tmp/`);
	expect(DOCKERFILE).toMatch(new RegExp(`npm install .* /tmp/${packageJson.name}-\\*\\.tgz$`, 'm'));
	for (const name of N8N) expect(services[name].volumes).toBeUndefined();
});

test('n8n finds the stores by name, with the credentials that these are given', () => {
	const { environment } = services.main;
	expect(services).toHaveProperty(environment.DB_POSTGRESDB_HOST);
	expect(services).toHaveProperty(environment.QUEUE_BULL_REDIS_HOST);
	expect(services.postgres.environment).toEqual({
		POSTGRES_DB: environment.DB_POSTGRESDB_DATABASE,
		POSTGRES_USER: environment.DB_POSTGRESDB_USER,
		POSTGRES_PASSWORD: environment.DB_POSTGRESDB_PASSWORD,
	});
	expect(services.redis.command).toMatch(/--appendonly yes/);
	for (const name of ['postgres', 'redis'])
		expect(Object.keys(volumes)).toContain(services[name].volumes![0].split(':')[0]);
});

test('a secret has no value of its own, and nothing can be reached from other machines', () => {
	const { N8N_ENCRYPTION_KEY, DB_POSTGRESDB_PASSWORD } = services.main.environment;
	for (const secret of [N8N_ENCRYPTION_KEY, DB_POSTGRESDB_PASSWORD])
		expect(secret).toMatch(/^\$\{[A-Z_0-9]+:\?.+\}$/);
	for (const { ports = [] } of Object.values(services))
		for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test('one waits until the others can be used, and has the time to end that n8n is given', () => {
	for (const { depends_on = {}, healthcheck } of Object.values(services)) {
		expect(healthcheck.test[0]).toBe('CMD');
		for (const [name, { condition }] of Object.entries(depends_on)) {
			expect(services).toHaveProperty(name);
			expect(condition).toBe('service_healthy');
		}
	}
	expect(Object.keys(services.main.depends_on!)).toEqual(['postgres', 'redis']);
	expect(Object.keys(services.worker.depends_on!)).toEqual(['main']);
	const { stop_grace_period, environment } = services.worker;
	expect(secondsOf(stop_grace_period)).toBeGreaterThan(
		Number(environment.N8N_GRACEFUL_SHUTDOWN_TIMEOUT),
	);
});
