/**
 * The rules of the quiz. A game is plain data, and what comes next is a function of it alone: everybody who plays has the whole game,
 * each on his own server, and whoever goes on to the next question tells the others nothing that they would not have found themselves.
 */
import { countries, type Country } from './countries';
import { random, sample } from './random';

/** What the topics of games begin with; the room follows. */
export const QUIZ = 'quiz:';
export const QUESTIONS = 5;
/** How long one may think, in milliseconds. */
export const THINKING = 12_000;
/** How long the answer is shown. */
export const SHOWING = 4_000;

const CHOICES = 4;
const asked = countries.filter(({ capital, unMember, area }) => unMember && capital !== '' && area > 5_000);

export type Phase = 'idle' | 'question' | 'answer' | 'over';

export interface Game {
	/** When the step was taken, in milliseconds since 1970: so the newer of two is known, also to whoever was away. */
	step: number;
	phase: Phase;
	seed: number;
	/** From 0. */
	question: number;
	/** When the phase ends, in milliseconds since 1970. */
	until: number;
}

export interface Question {
	country: Country;
	/** Capitals; one of them is right. */
	choices: string[];
}

export const idle: Game = { step: 0, phase: 'idle', seed: 0, question: 0, until: 0 };

/** The first question of a game that follows another. */
export function begin(before: Game, seed: number, now: number): Game {
	return { step: stepAfter(before, now), phase: 'question', seed, question: 0, until: now + THINKING };
}

/** What follows. */
export function next(game: Game, now: number): Game {
	const step = stepAfter(game, now);
	if (game.phase === 'question') return { ...game, step, phase: 'answer', until: now + SHOWING };
	if (game.phase !== 'answer') return game;
	if (game.question + 1 === QUESTIONS) return { ...game, step, phase: 'over', until: 0 };
	return { ...game, step, phase: 'question', question: game.question + 1, until: now + THINKING };
}

function stepAfter(game: Game, now: number): number {
	return Math.max(game.step + 1, now);
}

/** Whether the time of the phase is over. */
export function isOver(game: Game, now: number): boolean {
	return (game.phase === 'question' || game.phase === 'answer') && now >= game.until;
}

export function questionOf({ seed, question }: Game): Question {
	const chance = random(seed);
	const country = sample(asked, QUESTIONS, chance)[question]!;
	const near = asked.filter(({ code, region }) => region === country.region && code !== country.code);
	const each = random(seed + question + 1);
	const choices = [country, ...sample(near, CHOICES - 1, each)].map(({ capital }) => capital);
	return { country, choices: sample(choices, CHOICES, each) };
}

/** Points for a right answer: the sooner, the more, from 1 to 3. */
export function points(left: number): number {
	return 1 + Math.round((2 * Math.min(THINKING, Math.max(0, left))) / THINKING);
}

/** Whether a message of another browser's session is a game, of this version of the rules. */
export function isGame(value: unknown): value is Game {
	const game = value as Partial<Game> | null;
	return (
		typeof game === 'object' &&
		game !== null &&
		[game.step, game.seed, game.question, game.until].every((number) => Number.isFinite(number)) &&
		['idle', 'question', 'answer', 'over'].includes(game.phase ?? '')
	);
}
