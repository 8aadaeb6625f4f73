/**
 * Reads a whole form in one of four ways, so and so many times, and prints the highest memory that this process ever
 * took. `bare` and `bareKept`: a loop of axios that lets go of each page, or keeps the rows; `passing` and `kept`: ours.
 */
import axios from 'axios';
import { clientOf, collectEntries, Run, transport } from './compiled.mjs';
import { PAGE, realClock as clock, SLUG } from './support.mjs';

const [how, baseUrl, wanted, times] = process.argv.slice(2);
const read = { bare: () => bare(false), bareKept: () => bare(true), passing, kept }[how];
for (let time = 0; time < Number(times); time++) {
	const count = await read();
	if (count !== Number(wanted)) throw new Error(`${count} of ${wanted} entries were read`);
}
console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS }));

async function bare(keeps) {
	const rows = [];
	let count = 0;
	for (let page = 1; ; page++) {
		const params = { page, per_page: PAGE, sort_by: 'uploaded_at', sort_order: 'ASC' };
		const { data } = await axios.get(`${baseUrl}/api/export/entries/${SLUG}`, { params });
		count += data.data.entries.length;
		if (keeps) rows.push(...data.data.entries);
		if (page === data.meta.last_page) return count;
	}
}

async function kept() {
	const rows = await collectEntries(await pages());
	return rows.length;
}

async function passing() {
	let count = 0;
	for await (const rows of await pages()) count += rows.length;
	return count;
}

async function pages() {
	const client = clientOf({ transport, clock, baseUrl });
	const project = await client.project(SLUG, new Run(clock));
	return client.entries(SLUG, { formRef: project.forms[0].ref, mapIndex: 0 }, new Run(clock));
}
