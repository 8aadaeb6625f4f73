import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { InputError } from '../../../core/http/errors';
import { isObject } from '../../../core/http/json';
import type { SyncState } from '../../../core/epicollect5/sync';
import { unsaved } from './progress';
import { isLastBatch, type LastBatch } from './lastBatch';

/** What a trigger keeps between two polls. Plain JSON: n8n stores it as text. */
export interface Kept {
	/** Another one after every poll. */
	id: string;
	/** A copy of a workflow does not go on where the original is. */
	workflow: string;
	/** What was in the option Begin Anew last. */
	anew: string;
	state: SyncState;
	last?: LastBatch;
	/** Events of the last batch that are still to come again: names of their marks. */
	again?: string;
}

const FIELD = 'followed';
const PREFIX = 'epicollect5Trigger:';
/** Triggers of one workflow whose state is kept, also after they were removed from it. */
const MOST_TRIGGERS = 20;

/**
 * Where n8n keeps it. n8n names a node's own data by the node's name, so that it would be lost when somebody renames the
 * node: it is put into the workflow's data, under the node's ID. Not so with durable cursors: n8n keeps those by ID itself,
 * and stores them together with the execution; only there is a node's data no part of the observed data of the workflow
 * (n8n 2.41.1, trigger-execution-context.factory.js and observable-object.js).
 */
export class Store {
	private readonly own: IDataObject;
	private readonly shared: IDataObject;
	private readonly key: string;
	/** Names the trigger in this process. */
	readonly name: string;
	readonly workflow: string;

	constructor(context: IPollFunctions) {
		this.own = context.getWorkflowStaticData('node');
		this.shared = context.getWorkflowStaticData('global');
		const { id } = context.getNode();
		this.workflow = String(context.getWorkflow().id ?? '');
		this.key = PREFIX + id;
		this.name = `${this.workflow} ${id}`;
	}

	/**
	 * @returns undefined before the first poll, and where `anew` asks to begin anew
	 * @throws InputError for something that no version has kept
	 */
	read(anew: string): Kept | undefined {
		const stored = this.stored();
		const { id, anew: word } = isObject(stored) ? stored : {};
		const newer = unsaved.get(this.name);
		// Who takes the word away does not ask for anything.
		const isAsked = (before: unknown) => anew !== '' && before !== anew;
		if (newer && !isAsked(newer.kept.anew) && newer.after === id) return newer.kept;
		if (stored === undefined || isAsked(word)) return undefined;
		if (isKept(stored)) return stored.workflow === this.workflow ? stored : undefined;
		throw new InputError('What was kept of the last poll is damaged', {
			code: 'sync_state',
			hint: 'Nothing was read.',
		});
	}

	/** For a poll that hands something over: n8n saves it then. */
	write(kept: Kept): void {
		unsaved.delete(this.name);
		if (!('__dataChanged' in this.own)) {
			this.own[FIELD] = kept as unknown as IDataObject;
			return;
		}
		delete this.shared[this.key];
		this.shared[this.key] = kept as unknown as IDataObject;
		const keys = Object.keys(this.shared).filter((key) => key.startsWith(PREFIX));
		for (const key of keys.slice(0, -MOST_TRIGGERS)) delete this.shared[key];
	}

	/** For a poll without anything to hand over: most ways of polling do not save it, so the process remembers it. */
	remember(kept: Kept): void {
		const stored = this.stored();
		const { id } = isObject(stored) ? stored : {};
		const before = unsaved.get(this.name);
		const after = before && before.kept.id === id ? before.after : id;
		this.write(kept);
		unsaved.set(this.name, { after, kept });
	}

	private stored(): unknown {
		const value: unknown = this.own[FIELD] ?? this.shared[this.key] ?? undefined;
		// Free of what n8n wraps around it to notice changes.
		return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
	}
}

function isKept(stored: unknown): stored is Kept {
	if (!isObject(stored) || !isObject(stored.state)) return false;
	const { id, workflow, anew, last, again = '' } = stored;
	const texts = [id, workflow, anew, again];
	return texts.every((text) => typeof text === 'string') && (last === undefined || isLastBatch(last));
}
