import { FROM_ELSEWHERE, listField, OTHER_SOURCES, typedField } from './fields';
import type { Dialog } from './section';

/** The settings of the rows in filters.html, for the `defaults` of a node. */
export const FILTER_DEFAULTS = {
	sortBy: { value: '' },
	sortByType: { value: 'list' },
	sortOrder: { value: '' },
	sortOrderType: { value: 'list' },
	createdFrom: { value: '' },
	createdFromType: { value: 'none' },
	createdTo: { value: '' },
	createdToType: { value: 'none' },
	uploadedFrom: { value: '' },
	uploadedFromType: { value: 'none' },
	uploadedTo: { value: '' },
	uploadedToType: { value: 'none' },
	titleContains: { value: '' },
	titleContainsType: { value: 'str' },
	entryId: { value: '' },
	entryIdType: { value: 'str' },
};

export type FilterProperties = Record<keyof typeof FILTER_DEFAULTS, string>;

/** Makes the widgets of filters.html. */
export function filterRows(dialog: Dialog): void {
	const say = (key: string): string => dialog._(`shared.dialog.${key}`);
	listField('sortBy', say('sortBy'), [
		{ value: '', label: say('sortByAny') },
		{ value: 'created_at', label: say('sortByCreated') },
		{ value: 'uploaded_at', label: say('sortByUploaded') },
		{ value: 'title', label: say('sortByTitle') },
	]);
	listField('sortOrder', say('sortOrder'), [
		{ value: '', label: say('sortOrderAny') },
		{ value: 'ASC', label: say('sortOrderAsc') },
		{ value: 'DESC', label: say('sortOrderDesc') },
	]);
	const date = [
		{ value: 'none', label: say('anyTime'), hasValue: false },
		{ value: 'str', label: say('date'), validate: ISO },
		{ value: 'ago', label: say('daysAgo'), validate: /^\d+(\.\d+)?$/ },
		...FROM_ELSEWHERE,
	];
	for (const name of ['createdFrom', 'createdTo', 'uploadedFrom', 'uploadedTo']) typedField(name, date);
	for (const name of ['titleContains', 'entryId']) typedField(name, OTHER_SOURCES);
}

/** A day, or a day and a time; empty is no bound. */
const ISO = /^(\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?)?$/i;
