import { MMLITE_PATH } from './accounts';
import type { Operation } from './call';
import { phoneInfo, templateList } from './lists';
import { submitMessage, submitMmLite } from './send';

export const ROOT = '/api/whatsapp/v3';

export interface Endpoint {
	/** The name in the settings and statistics. */
	name: string;
	operation: Operation;
	/** Whether faults apply to it. */
	sends: boolean;
}

const ENDPOINTS: Record<string, Endpoint> = {
	[`${ROOT}/msg/submit`]: { name: 'InnoPaaSSubmit', operation: submitMessage, sends: true },
	[MMLITE_PATH]: { name: 'InnoPaaSMmLite', operation: submitMmLite, sends: true },
	[`${ROOT}/account/phoneInfo`]: { name: 'InnoPaaSPhoneInfo', operation: phoneInfo, sends: false },
	[`${ROOT}/template/list`]: {
		name: 'InnoPaaSTemplateList',
		operation: templateList,
		sends: false,
	},
};

/** @param hasTemplateList whether the template list exists */
export function findEndpoint(path: string, hasTemplateList: boolean): Endpoint | undefined {
	if (!Object.hasOwn(ENDPOINTS, path)) return undefined;
	const endpoint = ENDPOINTS[path];
	return hasTemplateList || endpoint.operation !== templateList ? endpoint : undefined;
}
