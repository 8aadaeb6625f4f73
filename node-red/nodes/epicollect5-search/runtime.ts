import type { NodeDef } from 'node-red';
import { normaliseServerUrl, PUBLIC_SERVER } from '../../../core/epicollect5/address';
import type { FoundProject } from '../../../core/epicollect5/client';
import { InputError } from '../../../core/http/errors';
import { clientOf } from '../../shared/epicollect5';
import type { Work } from '../../shared/input';
import { isEach, Sequence } from '../../shared/output';
import type { Red } from '../../shared/red';
import { shownRun } from '../../shared/run';
import { runtime } from '../../shared/runtime';
import { refuseUnset, Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';

interface SearchDef extends NodeDef {
	baseUrl?: string;
	search?: string;
	searchType?: string;
	/** `array` or `each`. */
	output?: string;
	outputType?: string;
	property?: string;
}

/** A project as the node sends it. */
interface Found extends FoundProject {
	/** Address of its page. */
	page: string;
}

export default function register(red: Red): void {
	registerWorker<SearchDef>(red, 'epicollect5-search', search);
}

async function search(parts: Worker<SearchDef>, { message, send, signal }: Work): Promise<void> {
	const { red, def, status } = parts;
	refuseUnset({ Server: def.baseUrl ?? '' });
	const baseUrl = normaliseServerUrl(def.baseUrl || PUBLIC_SERVER);
	const settings = new Settings({ ...parts, message });
	const text = await settings.text('search', 'Name begins with');
	const each = await isEach(settings);
	if (text === undefined) throw nothingToFind();
	status.busy();
	const projects = await clientOf(baseUrl).searchProjects(text, shownRun(status, signal));
	const found = projects.map((project): Found => ({
		...project,
		page: `${baseUrl}/project/${project.slug}`,
	}));
	const sequence = new Sequence(red, message, def.property || 'payload');
	if (each) sequence.sendEach(found, send);
	else send(sequence.whole(found));
	status.projectsFound(found.length, runtime.clock.now());
}

function nothingToFind(): InputError {
	return new InputError('There is no text to search for', {
		code: 'search',
		field: 'Name begins with',
		hint: "Give the beginning of a project's name in the dialog or in the message.",
	});
}
