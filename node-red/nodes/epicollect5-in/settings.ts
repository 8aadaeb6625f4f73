import type { NodeDef } from 'node-red';
import { MINUTE } from '../../../core/clock';
import { InputError } from '../../../core/http/errors';
import type { LimitsDef } from '../../shared/limits';
import type { ShapeDef } from '../../shared/shape';
import { countOf, textOf } from '../../shared/values';
import { META } from './outbox';

/** What the dialog saves. Numbers are texts, as they may be environment variables. */
export interface InDef extends NodeDef, ShapeDef, Pick<LimitsDef, 'share' | 'shareType'> {
	schema?: number;
	project: string;
	/** A form's or branch's ref, or its name; empty for all of the project. */
	stream?: string;
	streamType?: string;
	/** Its name as it was in the list, for the label on the canvas. */
	streamName?: string;
	created?: boolean;
	updated?: boolean;
	media?: boolean;
	start?: 'now' | 'beginning' | 'date';
	startDate?: string;
	poll?: 'interval' | 'message';
	/** Minutes. */
	interval?: string;
	output?: 'each' | 'array';
	property?: string;
	batchSize?: string;
	advance?: 'sent' | 'confirmed';
	/** Minutes. */
	timeout?: string;
	/** Name of a context store; empty for the default one. */
	store?: string;
}

export interface InSettings {
	events: { created: boolean; updated: boolean; media: boolean };
	/** As the core's `SyncChoice` takes it. */
	start: string;
	/** Undefined where only messages start a poll. */
	intervalMs: number | undefined;
	output: 'each' | 'array';
	property: string;
	batchSize: number;
	/** How long a batch waits for its confirmation; undefined where none is waited for. */
	confirmMs: number | undefined;
	store: string | undefined;
}

export const DEFAULT_INTERVAL_MIN = 5;
export const DEFAULT_BATCH = 100;
export const DEFAULT_TIMEOUT_MIN = 10;
/** A week: a timer of Node.js can sleep for 24 days at most. */
const LONGEST_MIN = 7 * 24 * 60;

/** @throws InputError naming the field */
export function settingsOf(def: InDef): InSettings {
	const { created = true, updated = true, media = false, output, advance, poll } = def;
	if (!created && !updated && !media) {
		throw new InputError('No kind of event is chosen', {
			code: 'no_events',
			field: 'Events',
			hint: 'Open the node and choose at least one: created, updated, or media arrived.',
		});
	}
	return {
		events: { created, updated, media },
		start: startOf(def),
		intervalMs: poll === 'message' ? undefined : minutes(def.interval, 'Every', DEFAULT_INTERVAL_MIN),
		output: output === 'array' ? 'array' : 'each',
		property: propertyOf(def.property),
		batchSize: countOf(def.batchSize, 'Batch size') ?? DEFAULT_BATCH,
		confirmMs:
			advance === 'confirmed' ? minutes(def.timeout, 'Send again after', DEFAULT_TIMEOUT_MIN) : undefined,
		store: textOf(def.store, 'Store'),
	};
}

function startOf({ start = 'now', startDate }: InDef): string {
	if (start !== 'date') return start === 'beginning' ? 'beginning' : 'now';
	// What is no date is refused by the core, in its words.
	return textOf(startDate, 'Start from') ?? '';
}

/** @returns milliseconds */
function minutes(value: string | undefined, field: string, otherwise: number): number {
	const count = countOf(value, field) ?? otherwise;
	if (count <= LONGEST_MIN) return count * MINUTE;
	throw new InputError(`"${field}" is more than a week`, {
		code: 'value',
		field,
		hint: 'Enter at most 10080 minutes.',
	});
}

/** The properties by which a message says what it brings would overwrite it. */
function propertyOf(property: string | undefined): string {
	const name = property || 'payload';
	const [root = ''] = name.split(/[.[]/);
	if (!META.includes(root)) return name;
	throw new InputError(`The node itself sets msg.${root}`, {
		code: 'value',
		field: 'To',
		hint: 'Choose another property, such as payload.',
	});
}
