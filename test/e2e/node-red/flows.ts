import type { FlowNode } from './host';

/** A client app as a test gives it to a config node. */
export interface ClientApp {
	id: string;
	secret: string;
}

/** A node without a place on the canvas would be taken for a config node. */
const place = { z: 'tab', x: 100, y: 100 };

export const tab = (id = 'tab'): FlowNode => ({ id, type: 'tab', label: 'Test' });

/** `GET /<url>` → the nodes of `wires`. */
export function httpIn(id: string, url: string, wires: string[]): FlowNode {
	return { id, type: 'http in', ...place, url, method: 'get', upload: false, wires: [wires] };
}

/** Answers with `msg.payload`. */
export const httpResponse = (id = 'response'): FlowNode => ({
	id,
	type: 'http response',
	...place,
	statusCode: '',
	headers: {},
	wires: [],
});

export function inject(id: string, wires: string[], payload = ''): FlowNode {
	const props = [{ p: 'payload' }, { p: 'topic', vt: 'str' }];
	const never = { repeat: '', crontab: '', once: false, onceDelay: 0.1 };
	return {
		id,
		type: 'inject',
		...place,
		props,
		payload,
		payloadType: 'str',
		topic: 'kept',
		...never,
		wires: [wires],
	};
}

export function debug(id: string, complete = 'true'): FlowNode {
	const targetType = complete === 'true' ? 'full' : 'msg';
	return { id, type: 'debug', ...place, active: true, tosidebar: true, complete, targetType, wires: [] };
}

/** Catches the failures of all nodes of the tab. */
export function catchAll(id: string, wires: string[]): FlowNode {
	return { id, type: 'catch', ...place, scope: null, uncaught: false, wires: [wires] };
}

/** Makes one message of a sequence, by `msg.parts`. */
export function join(id: string, wires: string[]): FlowNode {
	return { id, type: 'join', ...place, mode: 'auto', build: 'array', wires: [wires] };
}

/** Makes one message of `count` messages, whatever they are. */
export function gather(id: string, count: number, wires: string[]): FlowNode {
	return {
		...{
			id,
			type: 'join',
			...place,
			mode: 'custom',
			build: 'array',
			property: 'payload',
			propertyType: 'msg',
		},
		...{ count: String(count), joiner: '', timeout: '', accumulate: false, wires: [wires] },
	};
}

/** An Epicollect5 project; credentials travel as the editor sends them. */
export function project(id: string, baseUrl: string, slug: string, app?: ClientApp): FlowNode {
	// Empty texts remove what an earlier deploy stored for a node of that id.
	const credentials = { clientId: app?.id ?? '', clientSecret: app?.secret ?? '' };
	return { id, type: 'epicollect5-project', name: '', schema: 1, baseUrl, project: slug, credentials };
}

export function entries(id: string, projectId: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-entries', ...place, name: '', schema: 1, project: projectId, wires: [wires] },
		...{ form: '', formType: 'list', limit: '', limitType: 'all' },
		...{ shape: 'tidy', output: 'array', property: 'payload', ...settings },
	};
}

export function projectInfo(id: string, projectId: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-project-info', ...place, schema: 1, project: projectId, wires: [wires] },
		...{ part: 'definition', partType: 'list', property: 'payload', ...settings },
	};
}

export function search(id: string, baseUrl: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-search', ...place, schema: 1, baseUrl, wires: [wires] },
		...{ search: 'payload', searchType: 'msg', output: 'array', property: 'payload', ...settings },
	};
}

export function deleted(id: string, projectId: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-deleted', ...place, schema: 1, project: projectId, wires: [wires] },
		...{ form: '', formType: 'list', branch: '', branchType: 'list', known: 'payload', knownType: 'msg' },
		...{ output: 'array', property: 'payload', ...settings },
	};
}

export function workfloPlusClient(id: string, url: string, app: ClientApp): FlowNode {
	const credentials = { clientId: app.id, clientSecret: app.secret };
	return { id, type: 'workfloplus-client', schema: 1, accountsUrl: url, gatewayUrl: url, credentials };
}

export function scheduledJob(id: string, clientId: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'workfloplus-scheduled-jobs', ...place, schema: 1, operation: 'create', client: clientId },
		...{ workflow: '', workflowType: 'list', assignees: '', assigneesType: 'list', jobName: 'payload' },
		...{ jobNameType: 'msg', description: '', descriptionType: 'str', due: '', dueType: 'none' },
		...{ priority: 'false', priorityType: 'bool', property: 'payload', wires: [wires], ...settings },
	};
}

/** Follows a project; it asks when a message arrives. */
export function follower(id: string, projectId: string, wires: string[], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-in', ...place, name: '', schema: 1, project: projectId, wires: [wires] },
		...{ stream: '', streamType: 'list', created: true, updated: true, media: false, start: 'beginning' },
		...{
			poll: 'message',
			output: 'each',
			property: 'payload',
			advance: 'sent',
			timeout: '10',
			batchSize: '100',
			store: '',
			startDate: '',
			interval: '5',
			...settings,
		},
	};
}

/** Passes on what a node has finished with. */
export function complete(id: string, scope: string[], wires: string[]): FlowNode {
	return { id, type: 'complete', ...place, scope, uncaught: false, wires: [wires] };
}

export function fn(id: string, func: string, wires: string[] = []): FlowNode {
	return { id, type: 'function', ...place, func, outputs: 1, timeout: 0, noerr: 0, libs: [], wires: [wires] };
}

/** Downloads what the payload names; its second output is for what is not uploaded yet. */
export function media(id: string, projectId: string, wires: string[][], settings: object = {}): FlowNode {
	return {
		...{ id, type: 'epicollect5-media', ...place, name: '', schema: 1, project: projectId, wires },
		...{ files: 'payload', filesType: 'msg', question: '', questionType: 'list', questionName: '' },
		...{ types: 'photo,audio,video', typesType: 'list', photoFormat: 'original', photoFormatType: 'list' },
		...{ target: 'buffer', folder: '', folderType: 'str', create: true, perEntry: false, pattern: '{name}' },
		...{ share: '50', shareType: 'num', maxWait: '', maxWaitType: 'none' },
		...{ output: 'each', property: 'payload', ...settings },
	};
}
