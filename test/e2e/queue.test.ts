import { QueueN8n } from '../../scripts/n8n/queueN8n';
import { ensureN8n } from '../../scripts/n8n/realN8n';

let queue: QueueN8n;

beforeAll(async () => {
	queue = await QueueN8n.start(await ensureN8n());
}, 1_200_000);

afterAll(async () => {
	await queue?.stop();
}, 60_000);

test('starts', () => {
	expect([queue.workers.length, queue.webhooks.length]).toEqual([2, 1]);
});
