//! Puts a chart together.

use domain::series::SeriesDocument;

use super::frame::Frame;
use super::{Canvas, PlanPrices, Scene, adx, atr, header, layout, macd, plan, price, rsi, time_axis, volume};
use crate::template::{Pane, Resolved};

impl Scene {
    /// The chart of `doc` with the panes of `settings` on `canvas`. What the series lacks is not drawn.
    pub fn draw(doc: &SeriesDocument, settings: &Resolved, canvas: &Canvas) -> Self {
        Self::draw_with(doc, settings, canvas, None)
    }

    /// As [`Scene::draw`], with the prices of a plan in the price pane.
    pub fn draw_with(
        doc: &SeriesDocument,
        settings: &Resolved,
        canvas: &Canvas,
        plan: Option<&PlanPrices>,
    ) -> Self {
        let mut scene = Self { width: canvas.width, height: canvas.height, marks: Vec::new() };
        let mut frame = Frame::new(doc, settings, canvas, plan);
        let top = header::draw(&mut scene, &frame);
        let layout = layout::share(top, canvas.height, canvas.text, &settings.panes);
        let axis = price::axis(&frame, layout.price);
        frame.leave(price::column(&frame, &axis));
        if frame.newest().is_none() {
            return scene;
        }
        for (_, slot) in layout.panes.iter().filter(|(pane, _)| *pane == Pane::Rsi) {
            rsi::ground(&mut scene, &frame, *slot);
        }
        price::ground(&mut scene, &frame, &axis);
        plan::ground(&mut scene, &frame, &axis);
        time_axis::grid(&mut scene, &frame, &layout);
        price::draw(&mut scene, &frame, &axis);
        plan::draw(&mut scene, &frame, &axis);
        for (pane, slot) in &layout.panes {
            match pane {
                Pane::Volume => volume::draw(&mut scene, &frame, *slot),
                Pane::Rsi => rsi::draw(&mut scene, &frame, *slot),
                Pane::Macd => macd::draw(&mut scene, &frame, *slot),
                Pane::Adx => adx::draw(&mut scene, &frame, *slot),
                Pane::Atr => atr::draw(&mut scene, &frame, *slot),
            }
        }
        price::right_edge(&mut scene, &frame, &axis);
        time_axis::labels(&mut scene, &frame, &layout);
        scene
    }
}
