import type { ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import type { Stream } from '../../../core/epicollect5/columns';
import { parseInstant } from '../../../core/epicollect5/query';
import { InputError } from '../../../core/http/errors';
import { checkedCollection, parameter, setting, textParameter, textSetting } from '../../shared/parameter';
import { zonedDate } from '../../shared/zone';
import { mediaChoiceOf, type MediaChoice } from '../actions/media/attach';
import { shapeOf, type ShapeChoice } from '../shape';
import { DEFAULT_BATCH, events, LARGEST_BATCH, ownOptions, startFrom, watch } from './descriptions';
import type { EventName } from './follow';

export interface Settings {
	/** What is watched; undefined: all of the project. */
	stream: Stream | undefined;
	events: ReadonlySet<EventName>;
	/** `now`, `beginning` or a date. */
	start: string;
	shape: ShapeChoice;
	/** Files that are to come with the items. */
	media: MediaChoice | undefined;
	batchSize: number;
	/** Deliver the last batch again after a restart. */
	repeats: boolean;
	anew: string;
}

/** The members of `ownOptions`, as they are checked. */
interface OwnOptions {
	afterRestart: 'again' | 'never';
	batchSize: number;
	beginAnew: string;
}

/** @throws InputError */
export function settingsOf(context: IPollFunctions): Settings {
	const options = checkedCollection<OwnOptions>(context, 'options', 0, ownOptions);
	return {
		stream: streamOf(context),
		events: eventsOf(context),
		start: startOf(context),
		shape: shapeOf(context),
		media: mediaChoiceOf(context, 0),
		batchSize: wholeBatch(options.batchSize ?? DEFAULT_BATCH),
		repeats: options.afterRestart !== 'never',
		anew: options.beginAnew ?? '',
	};
}

/** @returns undefined for all forms and branches. The first form where none is named, as in the other node. */
export function streamOf(context: IPollFunctions | ILoadOptionsFunctions): Stream | undefined {
	const watched = textSetting(context, watch, 0);
	if (watched === 'project') return undefined;
	const formRef = textParameter(context, 'form', 0);
	if (watched !== 'branch') return { formRef };
	const branchRef = textParameter(context, 'branch', 0);
	if (branchRef !== '') return { formRef, branchRef };
	throw new InputError('No branch is chosen', {
		code: 'branch',
		field: 'Branch',
		hint: 'Choose one from the list, or watch the form.',
	});
}

function eventsOf(context: IPollFunctions): Set<EventName> {
	const chosen = setting(context, events, 0) as EventName[] | undefined;
	if (chosen) return new Set(chosen);
	throw new InputError('No event is chosen', {
		code: 'events',
		field: 'Events',
		hint: 'Choose at least one of them.',
	});
}

function startOf(context: IPollFunctions): string {
	const from = textSetting(context, startFrom, 0) || 'now';
	if (from !== 'date') return from;
	const date = dateIn(parameter(context, 'startDate', 0), context.getTimezone());
	if (date !== undefined && !Number.isNaN(parseInstant(date))) return date;
	throw new InputError('"Start Date" is not a date', {
		code: 'date',
		field: 'Start Date',
		hint: 'Choose a day, or enter one as 2026-05-31 or 2026-05-31T10:00:00.',
	});
}

/** An expression may give anything: a number, nothing, or the date object of a text that is no date. */
function dateIn(value: unknown, zone: string): string | undefined {
	if (value instanceof Date && Number.isNaN(value.getTime())) return undefined;
	const date: unknown = zonedDate(value, zone, 'first');
	return typeof date === 'string' ? date : undefined;
}

function wholeBatch(size: number): number {
	if (Number.isInteger(size)) return size;
	throw new InputError('"Batch Size" is not a whole number', {
		code: 'batch_size',
		field: 'Batch Size',
		hint: `Enter how many events one execution gets at most, up to ${LARGEST_BATCH}.`,
	});
}
