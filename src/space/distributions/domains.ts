/** What a shape parameter has to be. */
export interface Domain {
  /** What follows "needs a". */
  readonly text: string;
  readonly holds: (value: number) => boolean;
  /** Present when it may be infinite. */
  readonly infinite?: true;
  /** Present when it is a list of one or more such numbers; then it is the only shape parameter. */
  readonly list?: true;
}

export const real: Domain = { text: "to be a finite number", holds: Number.isFinite };

export const bound: Domain = { text: "to be a number", holds: () => true, infinite: true };

export const positive: Domain = { text: "above 0", holds: (value) => value > 0 };

export const notNegative: Domain = { text: "of at least 0", holds: (value) => value >= 0 };

export const notZero: Domain = { text: "other than 0", holds: (value) => value !== 0 };

export const aboveMinusOne: Domain = { text: "above -1", holds: (value) => value > -1 };

export const aboveOne: Domain = { text: "above 1", holds: (value) => value > 1 };

/** Strictly between. */
export const betweenOnes: Domain = {
  text: "between -1 and 1",
  holds: (value) => Math.abs(value) < 1,
};

export const fromMinusOneToOne: Domain = {
  text: "from -1 to 1",
  holds: (value) => Math.abs(value) <= 1,
};

export const upToTwo: Domain = {
  text: "above 0 and at most 2",
  holds: (value) => value > 0 && value <= 2,
};

export const share: Domain = { text: "from 0 to 1", holds: (value) => value >= 0 && value <= 1 };

export const shares: Domain = { ...share, list: true };

export const positiveShare: Domain = {
  text: "above 0 and at most 1",
  holds: (value) => value > 0 && value <= 1,
};

export const properShare: Domain = {
  text: "between 0 and 1",
  holds: (value) => value > 0 && value < 1,
};

export const count: Domain = {
  text: "to be a whole number of at least 0",
  holds: (value) => Number.isSafeInteger(value) && value >= 0,
};

export const positiveCount: Domain = {
  text: "to be a whole number of at least 1",
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
};
