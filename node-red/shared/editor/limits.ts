import { FROM_ELSEWHERE, typedField } from './fields';
import { openWhereChanged, type Dialog } from './section';

/** The settings of the section "Limit" (limits.html), for the `defaults` of a node. */
export const LIMIT_DEFAULTS = {
	share: { value: '50' },
	shareType: { value: 'num' },
	maxWait: { value: '' },
	maxWaitType: { value: 'none' },
};

export type LimitProperties = Record<keyof typeof LIMIT_DEFAULTS, string>;

/** Makes the widgets of limits.html. */
export function limitSection(dialog: Dialog): void {
	const say = (key: string): string => dialog._(`shared.dialog.${key}`);
	openWhereChanged('limits', LIMIT_DEFAULTS);
	typedField('share', [
		{ value: 'num', label: '%', validate: /^(100|[1-9]\d?)(\.\d+)?$/ },
		...FROM_ELSEWHERE,
	]);
	typedField('maxWait', [
		{ value: 'none', label: say('asLong'), hasValue: false },
		{ value: 'num', label: say('minutes'), validate: /^\d+(\.\d+)?$/ },
		...FROM_ELSEWHERE,
	]);
}
