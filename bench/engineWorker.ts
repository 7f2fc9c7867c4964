import { loadPackage } from '../scripts/n8n/engine';
import { noCounts, prepareExecutions, type Report, type SendJob } from './contestant';
import { innoPaasSubmit, massSend, runNode, singleSend } from './engineRun';
import {
	HTTP_REQUEST,
	httpRequestItems,
	httpRequestNode,
	loadHttpRequest,
} from './httpRequestNode';
import { toItems } from './people';
import { tablesOf } from './tableServer';
import { serve } from './worker';

const idOf = (execution: number) => `bench-${process.pid}-${execution}`;

async function prepareHttpRequest(job: SendJob) {
	const { kind, url, limit } = job;
	const nodeTypes = { [HTTP_REQUEST]: await loadHttpRequest() };
	const node = httpRequestNode(kind, url, limit);
	return prepareExecutions(job, async (people, execution) => {
		const input = httpRequestItems(kind, people);
		const { run, items } = await runNode(
			url,
			node,
			input.map((json) => ({ json })),
			{ nodeTypes, executionId: idOf(execution) },
		);
		const counts = noCounts();
		// With On Error set to Continue, there is one output item per input item, in the same order.
		items.forEach((item, index) => {
			const outcome = item.Code === 'OK' ? 'accepted' : 'error' in item ? 'rejected' : 'unknown';
			counts[outcome] += Number(input[index].recipients);
		});
		return { ...counts, error: run.error?.message };
	});
}

function prepareOurs(job: SendJob) {
	const { kind, url, limit, perCall, tablesUrl } = job;
	const nodeTypes = tablesUrl === undefined ? undefined : tablesOf(tablesUrl);
	const node = {
		mass: () => massSend(),
		single: () => singleSend(),
		innoPaas: () =>
			innoPaasSubmit({ maxRequestsPerSecond: limit, maxRecipientsPerRequest: perCall }),
	}[kind]();
	return prepareExecutions(job, async (people, execution) => {
		const campaignId = nodeTypes && `campaign ${execution}`;
		const parameters = { ...node.parameters, ...(campaignId && { campaignId }) };
		const { run, items } = await runNode(url, { ...node, parameters }, toItems(people), {
			executionId: idOf(execution),
			nodeTypes,
		});
		const counts = noCounts();
		for (const { outcome } of items) counts[outcome as 'accepted']++;
		return { ...counts, error: run.error?.message };
	});
}

serve<SendJob, undefined, Report[]>(async (job) => {
	await loadPackage();
	return job.contestant === 'ours' ? prepareOurs(job) : await prepareHttpRequest(job);
});
