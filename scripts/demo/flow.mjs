import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The id of the debug node that gets all entries. */
export const ALL_ENTRIES = 'fd1a0000000000a6';

/** The example that comes with the nodes, pointed at the sandbox. */
export async function demoFlow(root, { baseUrl, project, clientId, clientSecret }) {
	const flow = JSON.parse(await readFile(join(root, 'node-red/examples/read-entries.json'), 'utf8'));
	return flow.map((node) =>
		node.type === 'epicollect5-project'
			? { ...node, baseUrl, project, credentials: { clientId, clientSecret } }
			: node,
	);
}

/** Waits for the first list that arrives at the flow's end. @returns how many entries it had */
export function firstDelivery(url, timeoutMs) {
	const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
	return new Promise((resolve, reject) => {
		const finish = (act) => {
			clearTimeout(timer);
			socket.close();
			act();
		};
		const late = () => reject(new Error(`No entries arrived in the flow within ${timeoutMs / 1000} s`));
		const timer = setTimeout(() => finish(late), timeoutMs);
		socket.addEventListener('error', () => finish(() => reject(new Error(`No web socket at ${url}/comms`))));
		socket.addEventListener('open', () => socket.send(JSON.stringify({ subscribe: 'debug' })));
		socket.addEventListener('message', ({ data }) => {
			for (const { topic, data: shown } of [JSON.parse(data)].flat()) {
				if (topic !== 'debug') continue;
				// Node-RED shows a list as "array[120]" and cuts what follows.
				const count = /^array\[(\d+)\]$/.exec(shown.format ?? '')?.[1];
				if (shown.id === ALL_ENTRIES && count > 0) finish(() => resolve(Number(count)));
				else if (shown.id !== ALL_ENTRIES) finish(() => reject(new Error(`The flow says: ${shown.msg}`)));
			}
		});
	});
}
