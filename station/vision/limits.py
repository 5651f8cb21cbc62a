"""Every threshold of the doctor, with its reason. Gray levels are 0-255; "share" is of blocks or pixels.

Tuned on two drawn places and the clips room and window, all after H.264 at 300-512 kbit/s, with `station camera
bench`; what was held out is not looked at when a number here is changed.
"""

from typing import Final

from wire.video import FaultKind

# --- how long: a fault is raised when HOLD_SHARE of the looks over its hold say so ---
HOLD_SHARE: Final = 0.8
"""One look in five may be spoilt by a keyframe, a flash or a passing head."""
CLEAR_AT: Final = 0.7
"""Of the limit: a score that trembles around the limit does not raise and clear for ever."""
CLEAR_S: Final = 5.0
"""A repaired camera is told about within a few looks, a lucky look is not a repair."""
HOLD_S: Final[dict[FaultKind, float]] = {
    "no_frames": 0.0,  # the stream layer has already waited
    "corrupted": 3.0,  # one lost packet is no fault, a burst is
    "black": 3.0,
    "no_signal": 3.0,
    "white": 3.0,  # an iris needs a second or two
    "dark": 5.0,
    "frozen": 4.0,  # beyond the window below, together about 10 s
    "flicker": 4.0,  # beyond its window
    "noise": 4.0,  # beyond its window
    "moved": 6.0,
    "blur": 7.0,  # an autofocus that hunts needs 3-5 s
    "covered": 14.0,  # four fifths are 11 s: a person stands 8 s before a camera
    "cast": 7.0,  # white balance needs about 5 s
    "stripes": 5.0,
}
SMALL_COVER_HOLD_S: Final = 20.0
"""A third of the picture: people who stop there leave within 20 s more often than not."""
SETTLE_S: Final = 1.0
"""After a change of light (infrared switch) the camera's own flash is not judged."""

# --- seen in one frame ---
BLACK_HIGH: Final = 28.0
"""95th percentile of the luma: a capped lens gives 2-20, a dark room with one lamp more."""
BLACK_SPREAD: Final = 9.0
"""5th to 95th percentile: a picture too dark to use still has 12 and more, a cap only its noise."""
BLACK_CRUSHED: Final = 14.0
"""… or nothing reaches even this, however it is spread: no screen shows it."""
BLACK_SATURATION: Final = 25.0
"""Gray levels from gray: a dark blue card is no black picture."""
WHITE_LOW: Final = 215.0
"""5th percentile: nothing darker is left; a window behind a desk leaves the desk."""
WHITE_MEAN: Final = 228.0
"""Washed out as a whole; the brightest room after an exposure step has 200."""
WHITE_BURNT: Final = 0.8
"""… or so much of the picture is at white: a bright wall in the sun gives 0.65."""
DARK_MEAN: Final = 27.0
DARK_HIGH: Final = 62.0
"""Mean and 95th percentile: below both, faces cannot be seen; a lit window at dusk keeps the second up."""
DARK_ALIKE: Final = 0.4
"""A dark picture is still the picture; what is dark and another is covered."""
DARK_OF_BASE: Final = 0.22
"""… or a fifth of the light learnt, when that is dark too; lamps off in a room with a window leaves a third."""
DARK_MEAN_OF_BASE: Final = 36.0
SIGNAL_FLAT: Final = 0.75
"""Share of pixels of one colour: cards of recorders have 0.85 and more, an empty wall 0.4."""
SIGNAL_LEVELS: Final = (20.0, 235.0)
"""A gray card is neither black nor white."""
SIGNAL_UPRIGHT: Final = 0.88
"""Share of pixels like the one below: colour bars have 0.91 and more; walls and doors 0.8."""
SIGNAL_STILL: Final = 0.25
"""Gray levels between looks: a card has no sensor."""
SIGNAL_SATURATION: Final = 45.0
"""Distance from gray: a card is blue or bars; a cloth over the lens is not."""
SIGNAL_WRITING: Final = 6.0
"""Finest detail in the sharpest block: a gray card has writing, a covered lens is soft."""

# --- seen over time ---
FROZEN_WINDOW_S: Final = 8.0
FROZEN_RANK: Final = 60
"""Percentile over the window: keyframes of a frozen picture differ, one in four looks."""
FROZEN_BLOCK_RANK: Final = 70
"""Percentile over blocks: a clock drawn over it moves in a few, a still room is noisy in all."""
FROZEN_LEVELS: Final = 0.2
"""Frozen after H.264: 0.00-0.06 once the codec has settled; a still night of little noise: 0.5; live: 0.7 and more."""
FROZEN_OF_LIVELY: Final = 0.06
"""… or this share of the stillest learnt: the codec needs 6 s to settle on leaves in the wind."""
FROZEN_OF_OWN: Final = 0.4
"""… and never more than this share of what the camera had at its stillest while learning."""
FROZEN_LOST: Final = 0.6
"""A frozen picture is one that was seen before: with more of it lost, a still cloth hangs before the lens."""
HIDDEN: Final = 0.6
"""The score of what another fault explains."""
FLICKER_WINDOW_S: Final = 5.0
FLICKER_UNREST: Final = 0.02
"""Logarithm of the light per look, gone up and down more than once within the window: lamps that flicker by a quarter
give 0.03-0.1 at any rate from 0.6 to 8 Hz, a lamp switched off and on 0.0."""

# --- against the background ---
TEXTURED: Final = 3.0
"""Mean gradient of a block that has something to recognise; noise alone has 1-2."""
FINE_TEXTURED: Final = 1.2
LIKENESS_LOST: Final = 0.25
ENERGY_LOST: Final = 0.12
"""Gradient correlation and share of energy below which a block shows something else, from `camera.md`."""
LUMA_LOST: Final = 25.0
"""Gray levels beside the change of light common to all."""
COVERED_SHARE: Final = 0.42
"""60 % covered loses 55-65 % of blocks (its edge is soft), a person close to the lens 20-40 %."""
SMALL_COVER_SHARE: Final = 0.17
"""Share of blocks lost, soft and still at once: 30 % covered gives 0.2-0.3, a seated person 0.05-0.12."""
SOFT: Final = 0.5
"""Of the fine detail learnt, or flat: what is close to the lens is out of focus."""
STILL: Final = 1.2
STILL_OF_OWN: Final = 1.5
STILL_MOST: Final = 3.0
"""Gray levels between looks: tape does not breathe, though the sensor is never stiller than it is."""
STILL_FADES: Final = 0.6
"""Of the stir, from look to look."""
BLUR_DROP: Final = 0.3
"""Loss of fine detail that three blocks in four exceed; σ 2 px gives 0.45 and more, a slow codec 0.2."""
BLUR_SHARE: Final = 0.5
"""Of the detailed blocks must still have their light: a cover takes detail and light."""
BLUR_ALIKE: Final = 0.5
"""The picture is still the same picture."""
MOVED_SHARE: Final = 0.03
"""Of width or height: 5 % must be found, a mast in the wind makes 1 %."""
MOVED_GAIN: Final = 0.12
"""Aligning must explain the picture better by this much correlation."""
MOVED_ALIGNED: Final = 0.35
"""… and well at all: a cloth over the lens is aligned with anything by 0.3."""
MOVED_LOST: Final = 0.55
"""Another view: so many textured blocks lost, though there is as much to see as before."""
MOVED_ENERGY: Final = 0.5
MOVED_SHARP: Final = 0.5
"""Share of the lost blocks that are sharp: another view has 0.6-0.9, leaves or cloth before the lens, which is out of
focus there, 0.25-0.3."""
CAST_TAKES: Final = (16.0, 236.0)
"""Luma of blocks that can take a colour: the burnt sky stays white under every cast."""
CAST_SHARE: Final = 0.3
"""… and that many there must be: one lamp in the night is no measure."""
CAST_STEP: Final = 0.13
"""Log ratio to green that four blocks in five exceed together; evening light 0.05-0.1."""
NOISE_WINDOW_S: Final = 4.0
"""Two keyframes: the codec keeps noise in some pictures, smooths it from the next, and what counts is the mean."""
NOISE_GRAIN: Final = 0.6
"""Gray levels of the finest detail from look to look, beyond what was learnt, in three of four quiet blocks. Noise
σ 25 after the codec gives 1.0-4, a clean picture 0.0-0.2, a shaking camera 0.1-2, but that has no more …"""
NOISE_SPECKS: Final = 0.22
"""… fine detail than learnt (0 and below): noise has 0.3-1.2, though half of it is smoothed away."""
SNOW_LOST: Final = 0.9
"""… or nothing is left of the picture: then grain alone tells snow from a cloth, which is soft and does not change."""
NOISE_IN_THE_DARK: Final = 0.5
"""Of the score, in half the light: a camera turns its gain up, and that is not yet a fault."""
STRIPES_LEVELS: Final = 4.0
"""Amplitude of one wave in the row or column profile, beyond what was learnt."""
STRIPES_PURE: Final = 0.45
"""Share of that wave in all waves: people and shadows are no wave."""
STRIPES_ALIKE: Final = 0.3
"""Behind stripes the picture is still there; a woven cloth before the lens has stripes of its own, and 0.0."""
STRIPES_CYCLES: Final = 4

# --- the camera's own share ---
OWN_MARGIN: Final = 0.5
"""A limit lies at least this much of itself beyond the camera's own worst while learning: a bad scene alarms less."""
OWN_MOST: Final = 1.6
"""… but a fault present while learning must not hide worse ones."""
OWN_NOISE_MOST: Final = 3.0
"""A cheap sensor by night is as noisy as that and is the camera they have."""
INFRARED_CHROMA: Final = 2.5
"""Distance from gray in hundredths of the light: infrared after the codec has 0-2, a gray wall by day 4 …"""
INFRARED_OF_DAY: Final = 0.15
INFRARED_MOST: Final = 10.0
"""… or, where the day is known, of its colour: the codec keeps a shade of it for seconds."""
LIGHT_TO_TELL: Final = 24.0
"""Mean luma below which colour says nothing."""
SAME_PLACE: Final = 0.3
"""Share of textured blocks that must be recognised for a picture without colour to be infrared and not a cover."""
FORGET_S: Final = 90.0
"""The background follows the sun's way, not a person who stops."""
