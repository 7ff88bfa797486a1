/** The languages that the data has every country's name in. */

export interface Language {
	code: string;
	/** In English. */
	name: string;
	/** In the language itself. */
	native: string;
	/** BCP 47, for `lang` attributes. */
	tag: string;
	rtl?: true;
}

export const languages: readonly Language[] = [
	{ code: 'ara', name: 'Arabic', native: 'العربية', tag: 'ar', rtl: true },
	{ code: 'ces', name: 'Czech', native: 'čeština', tag: 'cs' },
	{ code: 'deu', name: 'German', native: 'Deutsch', tag: 'de' },
	{ code: 'est', name: 'Estonian', native: 'eesti', tag: 'et' },
	{ code: 'fin', name: 'Finnish', native: 'suomi', tag: 'fi' },
	{ code: 'fra', name: 'French', native: 'français', tag: 'fr' },
	{ code: 'hrv', name: 'Croatian', native: 'hrvatski', tag: 'hr' },
	{ code: 'hun', name: 'Hungarian', native: 'magyar', tag: 'hu' },
	{ code: 'ita', name: 'Italian', native: 'italiano', tag: 'it' },
	{ code: 'jpn', name: 'Japanese', native: '日本語', tag: 'ja' },
	{ code: 'kor', name: 'Korean', native: '한국어', tag: 'ko' },
	{ code: 'nld', name: 'Dutch', native: 'Nederlands', tag: 'nl' },
	{ code: 'per', name: 'Persian', native: 'فارسی', tag: 'fa', rtl: true },
	{ code: 'pol', name: 'Polish', native: 'polski', tag: 'pl' },
	{ code: 'por', name: 'Portuguese', native: 'português', tag: 'pt' },
	{ code: 'rus', name: 'Russian', native: 'русский', tag: 'ru' },
	{ code: 'slk', name: 'Slovak', native: 'slovenčina', tag: 'sk' },
	{ code: 'spa', name: 'Spanish', native: 'español', tag: 'es' },
	{ code: 'srp', name: 'Serbian', native: 'српски', tag: 'sr' },
	{ code: 'swe', name: 'Swedish', native: 'svenska', tag: 'sv' },
	{ code: 'tur', name: 'Turkish', native: 'Türkçe', tag: 'tr' },
	{ code: 'urd', name: 'Urdu', native: 'اردو', tag: 'ur', rtl: true },
	{ code: 'zho', name: 'Chinese', native: '中文', tag: 'zh' }
];

export const english: Language = { code: 'eng', name: 'English', native: 'English', tag: 'en' };

export function findLanguage(code: string): Language | undefined {
	return languages.find((language) => language.code === code);
}

/** The language that a browser would rather have (`de-AT, fr;q=0.8`), of those that there are; else English. */
export function firstOf(accepted: string | null): Language {
	const wanted = (accepted ?? '')
		.split(',')
		.map((part) => {
			const [tag, ...options] = part.trim().toLowerCase().split(';');
			const weight = options.map((option) => /^\s*q=([\d.]+)$/.exec(option)?.[1]).find((q) => q !== undefined);
			return { tag: tag.split('-')[0], weight: Number(weight ?? 1) };
		})
		.sort((a, b) => b.weight - a.weight);
	const found = wanted.map(({ tag }) => [english, ...languages].find((language) => language.tag === tag));
	return found.find((language) => language !== undefined) ?? english;
}
